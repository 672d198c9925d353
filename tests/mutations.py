"""The changes that tests/mutate.py tries on the text of a model, each a slip somebody could make.

A sign, a factor left out, a comparison, a boundary, a join kind, a filter left out, a constant, an
aggregate, an order, a null that is not replaced. Comments, types and dates stay as they are.
"""

import re

TOKEN = re.compile(
    r"(?P<comment>--[^\n]*)|(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<word>[a-z_][a-z_0-9.]*)"
    r"|(?P<sign><=|>=|<>|[-+*/<>=(),])|(?P<space>\s+)",
    re.IGNORECASE,
)
SIGNS = {"<=": "<", "<": "<=", ">=": ">", ">": ">=", "=": "<>", "<>": "="}
WORDS = {
    "or": "and",
    "left": "inner",
    "inner": "left",
    "desc": "asc",
    "not": "",
    "bool_and": "bool_or",
    "bool_or": "bool_and",
    "where": "where true or",
    "having": "having true or",
    "distinct": "",
}
CALLS = {"sum": "max", "min": "max", "max": "min", "greatest": "least", "least": "greatest", "abs": "", "lag": "lead"}
STEP = re.compile(r"^([a-z_0-9]+) as \($")


class Token:
    """A word, sign, number or text, and where it stands."""

    def __init__(self, match):
        self.kind, self.text = match.lastgroup, match.group()
        self.start, self.end = match.span()


def changes(sql):
    """Yields (step, line number, line, change, whole text) of every change of one model.

    >>> for _, _, _, change, text in changes("select sum(a) * 2 from t where b > 'x'"):
    ...     print(change.ljust(22), text)
    sum -> max             select max(a) * 2 from t where b > 'x'
    * 2 -> nothing         select sum(a)  from t where b > 'x'
    2 -> 3                 select sum(a) * 3 from t where b > 'x'
    where -> where true or select sum(a) * 2 from t where true or b > 'x'
    > -> >=                select sum(a) * 2 from t where b >= 'x'
    'x' -> 'x~'            select sum(a) * 2 from t where b > 'x~'
    """
    tokens = [
        Token(match) for match in TOKEN.finditer(sql) if match.lastgroup not in ("comment", "space")
    ]
    lines = sql.splitlines()
    for start, end, new in edits(tokens):
        number = sql.count("\n", 0, start) + 1
        old = " ".join(sql[start:end].split())
        change = f"{old} -> {new or 'nothing'}"
        yield step_of(lines, number), number, lines[number - 1].strip(), change, sql[:start] + new + sql[end:]


def step_of(lines, number):
    """The step that a line is in; `select` for the last one."""
    for line in reversed(lines[:number]):
        if line.startswith(("select", ")")) and not STEP.match(line):
            return "select"
        if match := STEP.match(line):
            return match.group(1)
    return "select"


def edits(tokens):
    """Yields (start, end, replacement) over the tokens of a model."""
    betweens = 0
    for place, token in enumerate(tokens):
        before = tokens[place - 1].text if place else ""
        after = tokens[place + 1].text if place + 1 < len(tokens) else ""
        if token.text == "between":
            betweens += 1
        elif token.text == "and" and betweens:
            betweens -= 1
        elif token.kind == "word":
            yield from word_edits(tokens, place, before, after)
        elif token.kind == "sign":
            yield from sign_edits(tokens, place, before, after)
        elif token.kind == "number" and not is_in_type(tokens, place):
            yield token.start, token.end, str(int(token.text) + 1) if "." not in token.text else token.text + "1"
        elif token.kind == "text" and before not in ("date", "interval", "timestamp") and len(token.text) > 2:
            yield token.start, token.end, token.text[:-1] + "~'"


def word_edits(tokens, place, before, after):
    """Changes of a word."""
    token = tokens[place]
    if after == "(" and token.text in CALLS:
        yield token.start, token.end, CALLS[token.text]
    elif after == "(" and token.text == "coalesce":
        close, comma = call(tokens, place + 1)
        if comma:
            yield tokens[comma].start, tokens[close].start, ""
    elif token.text == "and":
        yield token.start, token.end, "or"
    elif token.text == "full" and after == "outer":
        yield token.start, tokens[place + 1].end, "left"
    elif token.text == "is" and after == "null":
        yield token.start, token.end, "is not"
    elif token.text == "all" and before == "union" and not has_text_before_from(tokens, place):
        yield token.start, token.end, ""
    elif token.text in ("left", "inner") and after != "join":
        return
    elif token.text == "distinct" and before in ("not", "is"):
        return
    elif token.text in WORDS:
        yield token.start, token.end, WORDS[token.text]


def sign_edits(tokens, place, before, after):
    """Changes of a sign: comparisons, plus and minus, a factor or divisor left out."""
    token = tokens[place]
    if token.text in SIGNS and not is_one_key_of_several(tokens, place):
        yield token.start, token.end, SIGNS[token.text]
    if not before or before in ("(", ",", "then", "else", "when", "select", "=", "<", ">"):
        return
    if token.text in "+-":
        yield token.start, token.end, "-" if token.text == "+" else "+"
    elif token.text in "*/" and after != ")":
        end = place + 1
        if tokens[end].kind == "word" and end + 1 < len(tokens) and tokens[end + 1].text == "(":
            end += 1
        if tokens[end].text == "(":
            end, _ = call(tokens, end)
        yield token.start, tokens[end].end, ""


def is_one_key_of_several(tokens, place):
    """Whether an equality is one of several keys of a join: there `and` becomes `or` already."""
    left, right = tokens[place - 1], tokens[place + 1]
    around = {tokens[place - 2].text, tokens[place + 2].text if place + 2 < len(tokens) else ""}
    return tokens[place].text == "=" and "." in left.text and "." in right.text and "and" in around


def has_text_before_from(tokens, place):
    """Whether the select at `place` gives a text of its own, by which its rows differ from the others'."""
    names = [token.text for token in tokens[place:]]
    end = names.index("from") if "from" in names else len(names)
    return any(token.kind == "text" for token in tokens[place : place + end])


def call(tokens, opening):
    """The closing parenthesis of the one at `opening`, and the first comma directly inside."""
    depth, comma = 0, None
    for place in range(opening, len(tokens)):
        if tokens[place].text == "(":
            depth += 1
        elif tokens[place].text == ")":
            depth -= 1
            if depth == 0:
                return place, comma
        elif tokens[place].text == "," and depth == 1 and comma is None:
            comma = place
    raise ValueError("a parenthesis is not closed")


def is_in_type(tokens, place):
    """Whether a number is a precision or scale, as in decimal(18, 4)."""
    names = [token.text for token in tokens[max(0, place - 4) : place]]
    return "decimal" in names and ")" not in names[names.index("decimal") :]
