"""GitHub's expressions: read, so that what they refer to can be checked, and evaluated, so that a run can be foretold."""

import json
import re

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:[^']|'')*') | (?P<number>-?\d+(?:\.\d+)?) | (?P<word>[A-Za-z_][\w-]*)
        | (?P<operator>&&|\|\||==|!=|[!().,*\[\]])
    )""",
    re.VERBOSE,
)
EMBEDDED = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS_FUNCTIONS = {"always", "cancelled", "failure", "success"}


class Expression:
    """One expression, without `${{ }}`."""

    def __init__(self, text):
        self.text = text
        self.tokens = _tokens(text)
        self.references = []  # such as ["needs", "plan", "outputs", "images"]
        self.functions = set()
        self.position = 0
        self.tree = self._either()
        assert self.position == len(self.tokens), f"not understood: {text}"

    @classmethod
    def of_condition(cls, text):
        """What stands behind `if:`, with or without `${{ }}`."""
        match = re.fullmatch(r"\s*\$\{\{(.*)\}\}\s*", text, re.DOTALL)
        return cls(match[1] if match else text)

    def evaluate(self, contexts, functions):
        return _evaluate(self.tree, contexts, functions)

    def _peek(self):
        return self.tokens[self.position] if self.position < len(self.tokens) else (None, None)

    def _next(self, expected=None):
        kind, value = self._peek()
        assert kind and expected in (None, value), f"{self.text}: {expected} expected instead of {value}"
        self.position += 1
        return kind, value

    def _chain(self, operator, part):
        tree = part()
        while self._peek() == ("operator", operator):
            self._next()
            tree = (operator, tree, part())
        return tree

    def _either(self):
        return self._chain("||", self._both)

    def _both(self):
        return self._chain("&&", self._comparison)

    def _comparison(self):
        tree = self._not()
        if self._peek() in (("operator", "=="), ("operator", "!=")):
            _, operator = self._next()
            tree = (operator, tree, self._not())
        return tree

    def _not(self):
        if self._peek() == ("operator", "!"):
            self._next()
            return ("!", self._not())
        return self._value()

    def _value(self):
        kind, value = self._next()
        if (kind, value) == ("operator", "("):
            tree = self._either()
            self._next(")")
            return tree
        if kind == "string":
            return ("literal", value[1:-1].replace("''", "'"))
        if kind == "number":
            return ("literal", float(value))
        assert kind == "word", f"not understood: {self.text}"
        if value in ("true", "false"):
            return ("literal", value == "true")
        if self._peek() == ("operator", "("):
            return self._call(value)
        return self._reference(value)

    def _call(self, name):
        self._next("(")
        arguments = []
        while self._peek() != ("operator", ")"):
            arguments.append(self._either())
            if self._peek() == ("operator", ","):
                self._next()
        self._next(")")
        self.functions.add(name)
        return ("call", name, arguments)

    def _reference(self, name):
        path = [name]
        while self._peek() == ("operator", "."):
            self._next()
            path.append(self._next()[1])
        self.references.append(path)
        return ("reference", path)


def _tokens(text):
    tokens, position, text = [], 0, text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match, f"not understood: {text[position:]}"
        tokens.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return tokens


def _truth(value):
    return value not in (None, False, "", 0)


def _evaluate(tree, contexts, functions):
    match tree:
        case ("literal", value):
            return value
        case ("reference", path):
            return _look_up(path, contexts)
        case ("call", name, arguments):
            values = [_evaluate(argument, contexts, functions) for argument in arguments]
            return (_FUNCTIONS | functions)[name](*values)
        case ("!", inner):
            return not _truth(_evaluate(inner, contexts, functions))
        case ("&&" | "||" as operator, left, right):
            value = _evaluate(left, contexts, functions)
            return value if _truth(value) == (operator == "||") else _evaluate(right, contexts, functions)
        case ("==" | "!=" as operator, left, right):
            left, right = (_evaluate(side, contexts, functions) for side in (left, right))
            # An absent value equals the empty string, as both count as zero.
            return ((left or "") == (right or "")) == (operator == "==")


def _look_up(path, contexts):
    value = contexts
    for index, name in enumerate(path):
        if name == "*":
            return [_look_up(path[index + 1 :], inner) for inner in value.values()]
        value = value.get(name) if isinstance(value, dict) else None
    return value


_FUNCTIONS = {
    "contains": lambda where, what: what in (where or ""),
    "fromJSON": json.loads,
    "join": lambda values, separator: separator.join(values),
}


def embedded_in(value):
    """Every expression inside a value of a workflow, its keys not included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "if" and isinstance(inner, str):
                yield Expression.of_condition(inner)
            else:
                yield from embedded_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from embedded_in(inner)
    elif isinstance(value, str):
        for match in EMBEDDED.finditer(value):
            yield Expression(match[1])
