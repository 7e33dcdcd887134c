"""What the site says about its own blocks, from the record of the last run.

One noun a module, imports in one direction:
contract < record, rendered < checkout < state < book < badge, table < comparison, speed < summary.
The hook ``verification`` is the only module that knows MkDocs; nothing here imports the harness, which itself imports
``contract``: what both sides must agree on.
"""
