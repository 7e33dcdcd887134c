"""The world: what a sandbox's network holds, frozen at one date.

``world`` is the harness's side (standard library only); ``gateway`` is the process that answers for every host;
``forwarder`` runs inside a sandbox's network and joins its port 443 to the gateway's socket.
Inside the gateway the imports go one way:
simple, download < metadata, negotiation, store, upstream < reading < recording < shelf < link < serving, upload, login
< public < private < hosts < proxy < gateway.
"""
