"""What the site says about its own blocks, from the record of the last run.

One noun a module, imports in one direction:
contract < answers, union < record, rendered < copied, notation < prepared, checkout < state, terms, chooser < book
< moved, table, asked, cards < transcript, search < area, badge, timing < panels, gallery < speed, moves, tasks
< again, comparison < summary, flat < twin, script < files; the hook ``downloads`` asks record, locks, archive, tree,
locking.
The hook ``verification`` is the only module that knows MkDocs; nothing here imports the harness, which itself imports
``contract`` and ``union``: what both sides must agree on.
"""
