"""The comparison of speeds: what a page times, for each tool, project and line, in rounds that may be interrupted.

plan < job, rounds, conditions < summary < compare: the page's blocks as steps; one tool's steps in a sandbox; what was
measured so far; under which conditions; the numbers that the site shows; the verb.
"""
