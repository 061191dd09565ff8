"""FORWARD: takes positions and alarms to other systems, within a recorded legal basis and never without."""
