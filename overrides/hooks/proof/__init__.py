"""What the site says about its own blocks, from the record of the last run and from nothing else.

One noun a module, imports in one direction: record, rendered < checkout < state < book < badge, summary, table.
The hook ``verification`` is the only module that knows MkDocs; nothing here imports the harness.
"""
