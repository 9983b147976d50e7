"""Writes what /docs shows, from openapi.yaml: Sources/ShrinkrWeb/Docs/reference.html, which the programs carry.

usage: make-docs-page.py [--check]      (--check only says whether the file is up to date)

Needs PyYAML and markdown-it-py, which the end-to-end tests' environment has.
"""

import html
import re
import sys
from pathlib import Path

import yaml
from markdown_it import MarkdownIt

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "Sources" / "ShrinkrWeb" / "Docs" / "reference.html"
METHODS = ["get", "post", "put", "patch", "delete"]
# Raw HTML in a description stays text.
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def text(value):
    return html.escape(str(value))


def markdown(source):
    rendered = MARKDOWN.render(source or "").strip()
    # What may have to be scrolled has to be reached with the keyboard.
    return rendered.replace("<table>", '<table tabindex="0">').replace("<pre>", '<pre tabindex="0">')


def resolved(document, value):
    """What a `$ref` into the document names."""
    while isinstance(value, dict) and "$ref" in value:
        place = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            place = place[part.replace("~1", "/").replace("~0", "~")]
        value = place
    return value


def kind(document, schema, depth=0):
    """A schema's type in a few words."""
    name = schema.get("$ref", "").rpartition("/")[2]
    schema = resolved(document, schema)
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    for combined in ("oneOf", "anyOf"):
        if combined in schema:
            return " or ".join(kind(document, one, depth + 1) for one in schema[combined])
    types = schema.get("type", "object" if "properties" in schema else "")
    words = " or ".join(types) if isinstance(types, list) else types
    if "array" in (types if isinstance(types, list) else [types]) and depth < 3:
        return f"{words} of {kind(document, schema.get('items', {}), depth + 1)}"
    if schema.get("format"):
        words += f" ({schema['format']})"
    return name if name and words in ("", "object") else words


def properties(document, schema):
    """The members of an object, those of all parts of an `allOf` together, and which of them are required."""
    schema = resolved(document, schema)
    members, required = dict(schema.get("properties", {})), set(schema.get("required", []))
    for part in schema.get("allOf", []):
        more, needed = properties(document, part)
        members |= more
        required |= needed
    return members, required


def members_table(document, schema):
    members, required = properties(document, schema)
    if not members:
        return ""
    rows = []
    for name, member in members.items():
        words = markdown(resolved(document, member).get("description") or member.get("description") or "")
        mark = " <strong>required</strong>" if name in required else ""
        rows.append(
            f"<tr><td><code>{text(name)}</code>{mark}</td><td>{text(kind(document, member))}</td><td>{words}</td></tr>"
        )
    return (
        '<table tabindex="0"><thead><tr><th scope="col">Member</th><th scope="col">Type</th>'
        f'<th scope="col">What it is</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def parameters_table(document, parameters):
    rows = []
    for parameter in parameters:
        schema = parameter.get("schema", {})
        words = parameter.get("description") or resolved(document, schema).get("description") or ""
        mark = " <strong>required</strong>" if parameter.get("required") else ""
        default = resolved(document, schema).get("default")
        if default is not None:
            words += f" Default: `{str(default).lower() if isinstance(default, bool) else default}`."
        rows.append(
            f"<tr><td><code>{text(parameter['name'])}</code>{mark}</td><td>{text(parameter['in'])}</td>"
            f"<td>{text(kind(document, schema))}</td><td>{markdown(words)}</td></tr>"
        )
    if not rows:
        return ""
    return (
        '<table tabindex="0"><thead><tr><th scope="col">Parameter</th><th scope="col">In</th><th scope="col">Type</th>'
        f'<th scope="col">What it is</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def responses(document, answers):
    items = []
    for status, answer in answers.items():
        words = resolved(document, answer).get("description", "")
        items.append(f"<li><strong>{text(status)}</strong> {MARKDOWN.renderInline(' '.join(words.split()))}</li>")
    return f"<ul>{''.join(items)}</ul>"


def operation(document, method, path, shared, entry):
    identifier = entry.get("operationId") or re.sub(r"[^a-z0-9]+", "-", f"{method}-{path}".lower()).strip("-")
    parameters = [resolved(document, one) for one in [*shared, *entry.get("parameters", [])]]
    parts = [
        f'<section class="card stack operation" id="{text(identifier)}">',
        f'<h3><span class="method">{method.upper()}</span> <code>{text(path)}</code></h3>',
        f"<p><strong>{text(entry.get('summary', ''))}</strong></p>",
        markdown(entry.get("description")),
        parameters_table(document, parameters),
    ]
    for type_, body in resolved(document, entry.get("requestBody", {})).get("content", {}).items():
        table = members_table(document, body.get("schema", {}))
        if table:
            parts.append(f"<p>Body, <code>{text(type_)}</code>:</p>{table}")
            break
    for status, answer in entry["responses"].items():
        content = resolved(document, answer).get("content", {})
        table = members_table(document, content.get("application/json", {}).get("schema", {}))
        if table:
            parts.append(f"<details><summary>What {text(status)} holds</summary>{table}</details>")
    parts.append(f"<details><summary>Answers</summary>{responses(document, entry['responses'])}</details></section>")
    return identifier, "".join(parts)


def page():
    document = yaml.safe_load((REPOSITORY / "openapi.yaml").read_text())
    order = [tag["name"] for tag in document["tags"]]
    groups = {name: [] for name in order}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                entry = methods[method]
                section = operation(document, method, path, methods.get("parameters", []), entry)
                groups.setdefault((entry.get("tags") or ["other"])[0], []).append((entry.get("summary", path), *section))
    contents = ['<nav aria-label="Contents"><a href="#top">About</a>']
    sections = [
        f'<div class="stack"><section class="card stack" id="top"><h1>{text(document["info"]["title"])} API</h1>'
        f'<p class="muted">{text(document["info"]["summary"])} <a href="/openapi.yaml">openapi.yaml</a></p>'
        f'{markdown(document["info"]["description"])}</section>'
    ]
    for name, operations in groups.items():
        if operations:
            contents.append(f"<h2>{text(name.capitalize())}</h2>")
            sections.append(f"<h2>{text(name.capitalize())}</h2>")
        for summary, identifier, section in operations:
            contents.append(f'<a href="#{text(identifier)}">{text(summary.replace("`", ""))}</a>')
            sections.append(section)
    return f'<div class="docs">{"".join(contents)}</nav>\n{chr(10).join(sections)}</div></div>\n'


def main():
    fresh = page()
    if "--check" in sys.argv[1:]:
        if not PAGE.exists() or PAGE.read_text() != fresh:
            sys.exit(f"{PAGE.relative_to(REPOSITORY)} is not what openapi.yaml says: run Tests/Scripts/make-docs-page.py")
        return
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(fresh)


if __name__ == "__main__":
    main()
