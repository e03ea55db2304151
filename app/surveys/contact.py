"""When to call somebody who wishes to be called: asked beside the wish, kept as the text of its answer."""

# The code of the choice that asks for it, and the answers as they are stored.
PHONE, HOURS = "phone", ("午前", "午後", "夕方", "いつでも")
