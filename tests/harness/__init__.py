"""A second opinion on the server's manners, independent of the tests beside it.

Requests are made from the service description alone (the JSON file that botocore carries), for every operation in it, good ones
and every kind of bad one; answers are judged by the description alone too. Nothing here imports tests/support, so a mistake
about the contract would have to be made twice to go unseen.

    python -m harness --help          (with tests/ on the path)

description.py  the service description
strings.py      strings that match a pattern, and strings that do not
values.py       whole requests that are valid
bodies.py       JSON bodies, good and bad, with what must come back
wire.py         HTTP, good and bad
mutations.py    random damage, from a seed
answers.py      whether an answer has the shape that the description gives it
oracle.py       what may come back at all
client.py       signing, and sockets with a deadline
run.py          all of it against one server, and what was found
"""
