"""The shipped schemas with one statement changed at a time, and who notices: the proof that the tests read them all."""
