"""What Python programs call: the gate, measuring and the history. `import rampgate` hands it out, by name and lazily.

A door like the command line: it opens paths, reads the clock where no moment is given, and hands everything else down.
Deliberately not here: text for people; commands and reports write that.
"""
