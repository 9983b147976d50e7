// Makes the pages more comfortable; each of them works without it.
"use strict";

const status = document.getElementById("status");
/** Says something to people who use a screen reader. */
const say = (text) => { if (status) status.textContent = text; };

/** Times in the reader's own zone and language; the server writes UTC. */
function showTimes(root) {
    const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
    const minute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
    for (const time of root.querySelectorAll("time[data-local]")) {
        const date = new Date(time.dateTime);
        time.textContent = (time.dataset.local === "day" ? day : minute).format(date);
        time.title = date.toString();
    }
}

/** Times in forms: the browser's field has no zone, so the server gets the instant beside it. */
function prepareForm(form) {
    for (const field of form.querySelectorAll("input[type='datetime-local'][data-utc]")) {
        const instant = form.elements[field.dataset.utc];
        const pad = (number) => String(number).padStart(2, "0");
        if (instant.value) {
            const date = new Date(instant.value);
            field.value = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
                + `T${pad(date.getHours())}:${pad(date.getMinutes())}`;
        }
        const hint = form.querySelector(`[data-zone='${field.name}']`);
        if (hint) hint.textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;
        field.addEventListener("input", () => {
            instant.value = field.value ? new Date(field.value).toISOString() : "";
        });
    }
}

/** A button with `data-copy` puts that text on the clipboard. */
async function copy(button) {
    try {
        await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
        // Without permission, or over plain HTTP, the old way still works.
        const area = document.createElement("textarea");
        area.value = button.dataset.copy;
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
        button.focus();
    }
    say(`Copied ${button.dataset.copy}`);
    button.dataset.copied = "";
    const label = button.querySelector("[data-label]");
    if (label) label.textContent = "Copied";
    const use = button.querySelector("svg");
    if (use) use.classList.add("done");
    setTimeout(() => {
        delete button.dataset.copied;
        if (label) label.textContent = "Copy";
        if (use) use.classList.remove("done");
    }, 2000);
}

/** Takes the next page of the list in when its end comes into sight. */
function scrollEndlessly() {
    const list = document.querySelector("ol[data-endless]");
    let more = document.querySelector("a[data-more]");
    if (!list || !more) return;
    const load = async () => {
        observer.unobserve(more);
        const answer = await fetch(more.href, { headers: { Accept: "text/html" } });
        if (!answer.ok) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const items = [...page.querySelectorAll("ol[data-endless] > li")];
        showTimes(page);
        list.append(...items);
        say(`${items.length} more links`);
        const next = page.querySelector("a[data-more]");
        if (!next) return more.remove();
        more.replaceWith(next);
        more = next;
        observer.observe(more);
    };
    const observer = new IntersectionObserver((entries) => {
        if (entries.some((entry) => entry.isIntersecting)) load();
    }, { rootMargin: "400px" });
    observer.observe(more);
}

/** Asks for the link's clicks every second while the page is seen, and shows them where they have changed. */
function countLive() {
    const place = document.querySelector("[data-live]");
    if (!place) return;
    const [people, bots] = ["people", "bots"].map((name) => document.querySelector(`[data-live-${name}]`));
    const format = new Intl.NumberFormat(document.documentElement.lang);
    const look = async () => {
        if (!document.hidden) {
            try {
                const answer = await fetch(place.dataset.live, { headers: { Accept: "application/json" } });
                // Signed out, or gone: nothing will come any more.
                if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return;
                if (answer.ok) {
                    const clicks = await answer.json();
                    if (people) people.textContent = format.format(clicks.people);
                    if (bots) bots.textContent = format.format(clicks.bots);
                }
            } catch { /* The server is away for a moment. */ }
        }
        setTimeout(look, 1000);
    };
    place.hidden = false;
    look();
}

document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-copy]");
    if (button) copy(button);
});
document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-submit]")) event.target.form.requestSubmit();
});
document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
});
// As on other pages with a search: a slash leads to it.
document.addEventListener("keydown", (event) => {
    const search = document.querySelector("input[type='search']");
    const isTyping = event.target.closest("input, textarea, select");
    if (event.key === "/" && search && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        search.focus();
    }
});
showTimes(document);
for (const form of document.forms) prepareForm(form);
for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;
for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;
scrollEndlessly();
countLive();
