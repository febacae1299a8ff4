"""The lab: schedules and what watches it, as processes on loopback. See docs/schedules/lab.md."""
