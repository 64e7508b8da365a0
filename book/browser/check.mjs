// Reads every page of the built book in a browser, as its readers will:
//
//     cargo workbook book build
//     npm ci --ignore-scripts && node check.mjs [--book DIR] [--screenshots DIR] [--only PAGE]
//
// At 360 and 1280 px, light and dark: nothing wider than the screen, folded or unfolded, the guilty
// line of each anti-pattern marked, no error in the console, no request to another host, no serious
// finding of axe; at 360 px a listing that goes on to the right fades there. Once a page: links and
// anchors, into folds too, its weight, the quiz by keyboard, the text without scripts. Once: the
// other themes, the print page, the side bar on a phone, marks of a search, and what a search for
// the name of an exercise or for a few words finds at once.
//
// The browser is $CHROMIUM, else /usr/bin/chromium. Exit code 1 when something is found.

import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { serve } from "./server.mjs";

const BASE = "/workbook/";
const WIDTHS = [360, 1280];
const SCHEMES = ["light", "dark"];
const THEMES = ["light", "rust", "coal", "navy", "ayu"];
// What a page and all it loads may weigh, in bytes as sent: text compressed with gzip at its usual
// level, fonts and pictures as they are, headers not counted, nothing from a cache. The print page
// is the whole book and is not counted.
const WEIGHT = 150_000;

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
    options: {
        book: { type: "string", default: join(here, "..", "book") },
        screenshots: { type: "string" },
        only: { type: "string" },
    },
});
const folder = resolve(options.book);
if (!existsSync(join(folder, "index.html"))) {
    console.error(`There is no built book in ${folder}: run \`cargo workbook book build\` first.`);
    process.exit(2);
}
if (options.screenshots) {
    mkdirSync(options.screenshots, { recursive: true });
}
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let passed = 0;
const problems = [];

/** Counts a check, and keeps what it found. */
function check(where, found) {
    if (found.length === 0) {
        passed += 1;
    }
    problems.push(...found.map((what) => `${where}: ${what}`));
}

/** The pages, by their path in the book; toc.html is a part of pages, not one. */
function pages(below = "") {
    return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
        const path = below + entry.name;
        if (entry.isDirectory()) {
            return pages(path + "/");
        }
        return entry.name.endsWith(".html") && entry.name !== "toc.html" ? [path] : [];
    });
}

/** Opens a page and collects what goes wrong while it loads. */
async function open(context, path) {
    const page = await context.newPage();
    const wrong = [];
    const requests = [];
    // The print page prints as soon as it is loaded; nobody is there to answer the dialog.
    await page.addInitScript(() => { window.print = () => {}; });
    page.on("console", (message) => {
        if (message.type() === "error") {
            wrong.push(`the console says: ${message.text()}`);
        }
    });
    page.on("pageerror", (error) => wrong.push(`a script failed: ${error.message}`));
    page.on("request", (request) => {
        const url = new URL(request.url());
        if (url.protocol === "data:") {
            return;
        }
        if (url.origin === site.origin) {
            requests.push(decodeURIComponent(url.pathname));
        } else {
            wrong.push(`it asks another host: ${url.href}`);
        }
    });
    await page.goto(site.url(path), { waitUntil: "load" });
    await page.evaluate(() => document.fonts.ready);
    return { page, wrong, requests };
}

/** Elements that stand out of the screen and in no box that scrolls by itself. */
function tooWide(page) {
    return page.evaluate(() => {
        const width = document.documentElement.clientWidth;
        const found = [];
        if (document.documentElement.scrollWidth > width) {
            found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
        }
        const scrolls = (element) => {
            for (let at = element.parentElement; at && at.tagName !== "MAIN"; at = at.parentElement) {
                if (["auto", "scroll", "hidden"].includes(getComputedStyle(at).overflowX)) {
                    return true;
                }
            }
            return false;
        };
        for (const element of document.querySelectorAll("main, main *")) {
            const box = element.getBoundingClientRect();
            if (box.width > 0 && (box.right > width + 1 || box.left < -1) && !scrolls(element)) {
                const text = (element.textContent ?? "").trim().slice(0, 40);
                found.push(`<${element.tagName.toLowerCase()}> "${text}" is wider than the screen`);
                break;
            }
        }
        return found;
    });
}

/** Opens all that is folded. */
function unfold(page) {
    return page.evaluate(() => {
        document.querySelectorAll("main details").forEach((part) => { part.open = true; });
    });
}

/** Tables of words that scroll sideways, though their words could be broken. */
function tooWideTables(page) {
    const tables = "main :is(.refused .table-scroll, .table-wrapper)";
    return page.evaluate((tables) => Array.from(document.querySelectorAll(tables))
        .filter((box) => box.scrollWidth > box.clientWidth)
        .map((box) => `${box.getAttribute("aria-label") ?? box.innerText.trim().slice(0, 40)}: it ` +
            `is ${box.scrollWidth} px wide in ${box.clientWidth} px`), tables);
}

/** Listings that go on to the right, and do not show that they do. */
function silentEdges(page) {
    return page.evaluate(async () => {
        // What has just been unfolded is measured with the next frame.
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return Array.from(document.querySelectorAll("main pre > code"))
            .filter((code) => code.checkVisibility() && code.scrollWidth > code.clientWidth + 1)
            .filter((code) => getComputedStyle(code.parentElement, "::after").content === "none")
            .map((code) => `"${code.textContent.trim().slice(0, 40)}" is cut, and does not show it`);
    });
}

/** Listings whose guilty line is not the one that the style sheet marks. */
function guiltyLines(page) {
    return page.evaluate(() => {
        const found = [];
        for (const figure of document.querySelectorAll(".listing[style]")) {
            // The whole listing is folded, below the lines around the guilty one.
            if (!figure.checkVisibility()) continue;
            const code = figure.querySelector("pre > code");
            const file = code.textContent.trim().split("\n")[0];
            const wanted = Number(getComputedStyle(figure).getPropertyValue("--guilty"));
            // Where the text of that line stands, whatever elements it is cut into.
            const before = code.textContent.split("\n").slice(0, wanted - 1);
            let at = before.reduce((sum, line) => sum + line.length + 1, 0);
            at += code.textContent.slice(at).search(/\S/);
            const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
            while (texts.nextNode() && at >= texts.currentNode.length) {
                at -= texts.currentNode.length;
            }
            const range = document.createRange();
            range.setStart(texts.currentNode, at);
            range.setEnd(texts.currentNode, at + 1);
            const letter = range.getBoundingClientRect();
            const style = getComputedStyle(code);
            const box = code.getBoundingClientRect();
            const top = box.top + parseFloat(style.borderTopWidth) + parseFloat(style.paddingTop)
                + parseFloat(style.backgroundPositionY);
            const height = parseFloat(style.lineHeight);
            const middle = (letter.top + letter.bottom) / 2;
            if (Math.abs(middle - (top + height / 2)) > height / 4) {
                found.push(`${file}: the mark is ${Math.round(middle - top)} px away from line ${wanted}`);
            }
            const sign = getComputedStyle(code, "::before");
            if (!style.backgroundImage.includes("gradient") || !sign.content.includes("✗")) {
                found.push(`${file}: line ${wanted} is not marked`);
            }
            if (letter.right > box.right || !code.checkVisibility()) {
                found.push(`${file}: line ${wanted}, the guilty one, cannot be seen`);
            }
            if (!figure.textContent.includes(`Line ${wanted} is to blame`)) {
                found.push(`${file}: nobody is told by ear which line is to blame`);
            }
        }
        return found;
    });
}

/** Anchors into what is folded: a link to them has to open it. */
async function anchorsIntoFolds(browser, path) {
    const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
    const { page } = await open(context, path);
    const ids = await page.evaluate(() =>
        Array.from(document.querySelectorAll("main details :is(h2, h3, h4, h5, h6, dt, th)[id]"),
            (element) => element.id));
    const found = [];
    const check = async (id, how) => {
        const seen = await page.evaluate((id) => {
            const { top, bottom } = document.getElementById(id).getBoundingClientRect();
            return bottom > 0 && top < innerHeight && document.getElementById(id).checkVisibility();
        }, id);
        if (!seen) {
            found.push(`#${id}, ${how}, does not open the fold that it leads into`);
        }
    };
    for (const id of ids) {
        await page.evaluate((id) => {
            document.querySelectorAll("main details").forEach((part) => { part.open = false; });
            location.hash = id;
        }, id);
        await page.waitForTimeout(50);
        await check(id, "followed");
    }
    if (ids.length > 0) {
        await page.goto("about:blank");
        await page.goto(site.url(`${path}#${ids[0]}`), { waitUntil: "load" });
        await check(ids[0], "opened");
    }
    await context.close();
    return found;
}

/** Serious and critical findings of axe, with everything unfolded. */
async function findings(page) {
    await unfold(page);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, {
        resultTypes: ["violations"],
    }));
    return violations
        .filter((violation) => ["serious", "critical"].includes(violation.impact))
        .flatMap((violation) => violation.nodes.slice(0, 3).map((node) =>
            `axe, ${violation.id}: ${node.target.join(" ")}: ${node.any[0]?.message ?? violation.help}`
        ));
}

/** Where the links of a page go, and which places of it can be linked to. */
function links(page) {
    return page.evaluate(() => ({
        targets: Array.from(document.querySelectorAll("a[href]"), (link) => link.href),
        ids: Array.from(document.querySelectorAll("[id]"), (element) => element.id),
    }));
}

/** Answers the first question with the keys alone. */
async function quizByKeyboard(page) {
    const quiz = page.locator(".quiz").first();
    if (await quiz.count() === 0) {
        return [];
    }
    const found = [];
    const address = page.url();
    const options = quiz.locator("input[type=radio]");
    for (let at = 0; at < 200; at += 1) {
        await page.keyboard.press("Tab");
        if (await options.first().evaluate((radio) => radio === document.activeElement)) {
            break;
        }
    }
    for (let number = 0; number < await options.count(); number += 1) {
        const option = quiz.locator(".quiz-option").nth(number);
        const shown = () => option.locator(".quiz-why").evaluate((why) => why.checkVisibility());
        // The first option is not chosen by coming to it, the others are by the arrow key.
        if (number > 0 && !await options.nth(number).isChecked()) {
            found.push(`the keys do not reach option ${number + 1} of the quiz`);
            break;
        }
        if (await shown()) {
            found.push(`passing option ${number + 1} of the quiz shows its explanation`);
        }
        await page.keyboard.press(number === 0 ? "Space" : "Enter");
        if (!await shown()) {
            found.push(`choosing option ${number + 1} of the quiz does not show its explanation`);
        }
        const said = await quiz.locator("[role=status]").textContent();
        const right = await option.getAttribute("data-is") === "right";
        if (!said.startsWith(right ? "✓ Right" : "✗ Not so")) {
            found.push(`choosing option ${number + 1} of the quiz says "${said}"`);
        }
        await page.keyboard.press("ArrowRight");
    }
    if (page.url() !== address) {
        found.push("an arrow key in the quiz turned the page");
    }
    return found;
}

/** Whether one of these elements takes no room or is not visible. All are asked at once: the page to
    print has thousands. */
function hides(page, selector) {
    return page.locator(selector).evaluateAll((elements) => elements.some((element) => {
        const { width, height } = element.getBoundingClientRect();
        return width === 0 || height === 0 || !element.checkVisibility({ visibilityProperty: true });
    }));
}

/** What a reader without scripts gets. */
async function withoutScripts(browser, path) {
    const context = await browser.newContext({
        javaScriptEnabled: false,
        viewport: { width: 360, height: 800 },
    });
    const { page, wrong } = await open(context, path);
    const found = [...wrong];
    if (!await page.locator("main h1").first().isVisible()) {
        found.push("without scripts, there is no heading");
    }
    found.push(...(await guiltyLines(page)).map((what) => `without scripts, ${what}`));
    found.push(...(await tooWide(page)).map((what) => `without scripts, ${what}`));
    if (await hides(page, "main .quiz-option > details > summary")) {
        found.push("without scripts, an explanation of the quiz cannot be opened");
    }
    await page.emulateMedia({ media: "print" });
    if (await hides(page, "main details > :not(summary)")) {
        found.push("what is folded is not printed");
    }
    await context.close();
    return found;
}

/** On a phone the side bar covers the page until it is closed: by a link into the page, or beside it. */
async function drawer(browser, path) {
    const context = await browser.newContext({ viewport: { width: 360, height: 800 }, hasTouch: true });
    const { page } = await open(context, path);
    const found = [];
    const isOpen = () => page.locator("#mdbook-sidebar-toggle-anchor").evaluate((box) => box.checked);
    const pull = async () => {
        await page.locator("#mdbook-sidebar-toggle").tap();
        if (!await isOpen()) {
            found.push("a tap on its button does not open the side bar");
        }
        await page.waitForTimeout(400);
    };
    await pull();
    await page.locator("#mdbook-sidebar .on-this-page a").first().tap();
    if (await isOpen()) {
        found.push("the side bar covers the page after a tap on a link into it");
    }
    await page.waitForTimeout(400);
    await pull();
    await page.touchscreen.tap(350, 500);
    if (await isOpen()) {
        found.push("a tap beside the side bar does not close it");
    }
    await context.close();
    return found;
}

/** What a search marks is to be seen, in folds too. */
async function marks(browser, path) {
    const context = await browser.newContext({ viewport: { width: 360, height: 800 } });
    const { page } = await open(context, `${path}?highlight=await`);
    await page.waitForSelector("mark", { state: "attached" });
    await page.waitForTimeout(100);
    const hidden = await page.evaluate(() => Array.from(document.querySelectorAll("main mark"))
        .filter((mark) => !mark.checkVisibility()).length);
    await context.close();
    return hidden === 0 ? [] : [`${hidden} marks of a search are in closed folds`];
}

/** How many results of a search are on a laptop's screen, so that nobody has to look for them. */
const AT_ONCE = 6;

/** What a search is to find: the page of an exercise by its name, unless the file says otherwise, and
    the page of what one would ask. */
function searches(list) {
    const names = list.map((path) => path.replace(".html", ""))
        .filter((name) => existsSync(join(here, "..", "..", "exercises", name)))
        .map((name) => [name, name]);
    const asked = JSON.parse(readFileSync(join(here, "searches.json")));
    return Object.entries({ ...Object.fromEntries(names), ...asked });
}

/** Searches that do not find their page at once. */
async function badSearches(browser, list) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const { page } = await open(context, "index.html");
    await page.locator("#mdbook-search-toggle").click();
    const found = [];
    for (const [words, wanted] of searches(list)) {
        await page.locator("#mdbook-searchbar").fill(words);
        await page.locator("#mdbook-searchbar").dispatchEvent("keyup");
        await page.waitForFunction((words) => document.getElementById("mdbook-searchresults-header")
            .textContent.includes(`'${words}'`), words);
        const pages = await page.locator("#mdbook-searchresults > li > a").evaluateAll((links) =>
            links.map((link) => new URL(link.href).pathname.split("/").pop().replace(".html", "")));
        const first = pages.slice(0, AT_ONCE);
        if (!first.includes(wanted)) {
            found.push(`"${words}" finds ${first.join(", ") || "nothing"}, and not ${wanted}`);
        }
    }
    await context.close();
    return found;
}

/** The print page has every page, with all its figures and boxes. */
async function printPage(browser, list) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const parts = ["h1", "h2", "figure", ".quiz", ".exercise", "table"];
    const count = async (path) => {
        const { page } = await open(context, path);
        const counts = {};
        for (const part of parts) {
            counts[part] = await page.locator(`main ${part}`).count();
        }
        await page.close();
        return counts;
    };
    const sum = Object.fromEntries(parts.map((part) => [part, 0]));
    for (const path of list) {
        for (const [part, number] of Object.entries(await count(path))) {
            sum[part] += number;
        }
    }
    const printed = await count("print.html");
    await context.close();
    return parts
        .filter((part) => printed[part] !== sum[part])
        .map((part) => `it has ${printed[part]} of \`${part}\`, the pages have ${sum[part]}`);
}

const all = pages();
const list = options.only ? all.filter((path) => path === `${options.only}.html`) : all;
if (list.length === 0) {
    console.error(`There is no page ${options.only}.html in ${folder}.`);
    process.exit(2);
}

const site = await serve(folder, BASE);
const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
});
const linked = new Map();
let heaviest = { path: "", weight: 0 };

/** All that is asked of one page. */
async function checkPage(path) {
    for (const width of WIDTHS) {
        for (const scheme of SCHEMES) {
            const where = `${path} (${width} px, ${scheme})`;
            const context = await browser.newContext({
                viewport: { width, height: 900 },
                colorScheme: scheme,
            });
            const { page, wrong, requests } = await open(context, path);
            check(where, await tooWide(page));
            if (options.screenshots) {
                const name = `${path.replaceAll("/", "-").replace(".html", "")}-${width}-${scheme}`;
                const file = join(options.screenshots, `${name}.png`);
                await page.screenshot({ path: file, fullPage: true });
            }
            if (width === WIDTHS[0] && scheme === SCHEMES[0]) {
                linked.set(path, await links(page));
                const weight = requests.reduce((sum, asked) => sum + (site.sizes.get(asked) ?? 0), 0);
                if (path !== "print.html") {
                    heaviest = weight > heaviest.weight ? { path, weight } : heaviest;
                    check(path, weight > WEIGHT ? [`it weighs ${weight} bytes, more than ${WEIGHT}`] : []);
                }
                check(where, await quizByKeyboard(page));
            }
            check(where, await guiltyLines(page));
            check(where, await findings(page));
            check(where, [...await tooWide(page), ...await tooWideTables(page)]);
            check(where, await silentEdges(page));
            check(where, wrong);
            await context.close();
        }
    }
    check(path, await withoutScripts(browser, path));
    check(path, await anchorsIntoFolds(browser, path));
}

// Several at once, each in a process of its own; the longest first.
const size = (path) => statSync(join(folder, path)).size;
const left = list.toSorted((one, other) => size(other) - size(one));
await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    while (left.length > 0) {
        await checkPage(left.shift());
    }
}));

const figured = list.find((path) => linked.get(path).ids.some((id) => id.includes("quiz"))) ?? list[0];
for (const theme of THEMES) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    await context.addInitScript((theme) => localStorage.setItem("mdbook-theme", theme), theme);
    const { page } = await open(context, figured);
    check(`${figured} (theme ${theme})`, await findings(page));
    await context.close();
}

for (const [path, { targets }] of linked) {
    const broken = new Set();
    for (const target of targets) {
        const url = new URL(target);
        if (url.origin !== site.origin) {
            continue;
        }
        const relative = decodeURIComponent(url.pathname).slice(BASE.length) || "index.html";
        if (!url.pathname.startsWith(BASE) || !existsSync(join(folder, relative))) {
            broken.add(`a link goes to ${url.pathname}, where there is nothing`);
        } else if (url.hash.length > 1 && linked.has(relative) && path !== "404.html") {
            // mdBook gives the 404 page a base address, from which its own anchors go astray.
            const id = decodeURIComponent(url.hash.slice(1));
            if (!linked.get(relative).ids.includes(id)) {
                broken.add(`a link goes to ${relative}#${id}, and that page has no such place`);
            }
        }
    }
    check(path, [...broken]);
}

check("the side bar", await drawer(browser, figured));
check("a search", [...await marks(browser, figured), ...await badSearches(browser, all)]);

if (!options.only) {
    // index.html is the first page once more where that one has another name.
    const chapters = all.filter((path) => !["404.html", "print.html"].includes(path));
    const twice = chapters.includes("index.html") && !existsSync(join(here, "..", "src", "index.md"));
    check("print.html", await printPage(browser, chapters.filter((path) => !twice || path !== "index.html")));
}

await browser.close();
site.close();
problems.forEach((problem) => console.error(problem));
console.log(`heaviest page: ${heaviest.path}, ${(heaviest.weight / 1000).toFixed(0)} KB compressed`);
console.log(`${passed} passed, ${problems.length} failed`);
process.exit(problems.length === 0 ? 0 : 1);
