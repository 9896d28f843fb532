"""Pure: facts in, decisions and a trace out. No Django, no database, no clock."""
