"""Two trees in, a plan out: what to create, update, adopt, keep or do by hand. Pure, but for
`create`, which reads the workspace first.
"""
