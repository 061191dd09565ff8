"""What is prescribed, before anybody is judged by it: contradictions, what becomes stricter, what a zone reaches."""
