"""The page on which a supervised person sees their own case, and what the service does about it."""
