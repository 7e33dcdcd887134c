"""The harness: replays every page of the guide, top to bottom, in a fresh sandbox.

One noun a module, imports in one direction:
project, block, outcome < markup < page, scenario < shell, sandbox < runner < record < plugin.
Only ``plugin`` knows pytest; the site reads the record and nothing else.
"""
