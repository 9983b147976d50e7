"""The service of the original design: links in a dictionary, followed by FastAPI. No click is recorded."""

import os
from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.responses import RedirectResponse

app = FastAPI()
links = dict(line.split(" ") for line in Path(os.environ["LINKS"]).read_text().splitlines())


@app.get("/{code}")
async def follow(code: str) -> RedirectResponse:
    url = links.get(code)
    if url is None:
        raise HTTPException(404, "There is no such link")
    return RedirectResponse(url, status_code=302)
