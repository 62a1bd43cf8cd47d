"""Two trees in, a plan out: what to create, update, adopt, keep or leave to a person. Pure, but
for `create`, which reads the workspace first.
"""
