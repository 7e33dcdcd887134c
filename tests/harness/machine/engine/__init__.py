"""A Docker engine for each page that needs one: a ``dockerd`` in the page's own network, with nothing of the machine's.

Pages type names, tags and ports of their own choice and remove what they like; on an engine that somebody uses, that
would end in somebody's containers, and two pages would meet. So the programs of an engine are taken from the machine
(:mod:`.programs`), and every page has its own engine (:mod:`.keeper`), which holds the kept base images
(:mod:`.images`) and ends with the page: its network, its mounts and its processes are gone with it.
"""
