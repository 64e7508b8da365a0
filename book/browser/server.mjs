// The built book on loopback, as a web host would give it: text compressed, under the site's path.

import { createServer } from "node:http";
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";

const KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
};
const COMPRESSED = new Set([".html", ".css", ".js", ".json", ".svg", ".txt"]);

/** Serves `folder` below `base` ("/workbook/"); `sizes` holds the bytes sent for each path. */
export async function serve(folder, base) {
    const sizes = new Map();
    const server = createServer((request, response) => {
        const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
        const relative = normalize(path.slice(base.length)) || ".";
        let file = join(folder, relative);
        if (existsSync(file) && statSync(file).isDirectory()) {
            file = join(file, "index.html");
        }
        const found = path.startsWith(base) && !relative.startsWith("..") && existsSync(file);
        if (!found) {
            file = join(folder, "404.html");
        }
        const kind = extname(file);
        const plain = readFileSync(file);
        const compressed = COMPRESSED.has(kind);
        const body = compressed ? gzipSync(plain) : plain;
        sizes.set(path, body.length);
        response.writeHead(found ? 200 : 404, {
            "content-type": KINDS[kind] ?? "application/octet-stream",
            ...(compressed ? { "content-encoding": "gzip" } : {}),
        });
        response.end(body);
    });
    await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
    const origin = `http://127.0.0.1:${server.address().port}`;
    return { origin, url: (page) => origin + base + page, sizes, close: () => server.close() };
}
