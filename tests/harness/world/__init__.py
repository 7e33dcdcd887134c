"""The world: what a sandbox's network holds, frozen at one date.

Inside it imports go in one direction as well (tests/test_map.py):

forwarder             inside a sandbox's network: joins its ports to the gateway; standard library only
ports                 a sandbox's table of further ports
shaping               a line with a round trip's time and a rate
process               the gateway's process: started, asked, ended
world                 the harness's side: the gateway, a link for each sandbox; standard library only
memory, certificates  of the gateway's process: the most bytes that it had; one certificate for every name
status                answers whose first line says why
link                  what a run and a sandbox keep, for whichever host asks
host                  what a stand-in host is made of, and how it refuses
git                   a git repository made of files, and git's protocol for it
index                 any package index: pages, files, uploads, logins
pypi                  PyPI: recorded once, shown as of a day, and a sandbox's uploads to it
hosts                 one module a stand-in host, and the one table of them
proxy, gateway        the process that answers for every host
"""
