"""What the workflows in ``.github/workflows`` run beside Pulumi, standard library only.

A pull request's code runs in jobs that may write nothing; what they tell is data. The
comment is made of it, and posted, by code of the main branch, which believes none of
it: ``events`` reads it, ``markdown`` makes it harmless and ``redaction`` takes secrets
out, ``comment`` writes, ``post`` finds the pull request by what GitHub says.
"""
