"""What investigators ask of the graph: bounded questions, and what follows from the answers.

Everything is as of a time: only what began before it, so that pages fit together whatever is
projected meanwhile.
"""
