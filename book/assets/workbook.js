// What HTML alone cannot do. Every page is complete without this file.

(function skipLink() {
    // mdBook has none (its issue 2107), and a template of our own would drift from its own.
    const main = document.querySelector("main");
    if (!main) {
        return;
    }
    main.id = main.id || "main";
    main.tabIndex = -1;
    const link = document.createElement("a");
    link.className = "skip-link";
    link.href = "#" + main.id;
    link.textContent = "Skip to the text";
    link.addEventListener("click", function (event) {
        // The address stays as it is: a reload should not jump.
        event.preventDefault();
        main.focus();
        main.scrollIntoView();
    });
    document.body.prepend(link);
})();

(function sidebarButton() {
    // mdBook's button is a label, which no key reaches and whose state no reader of the screen
    // is told.
    const label = document.getElementById("mdbook-sidebar-toggle");
    if (!label) {
        return;
    }
    label.setAttribute("role", "button");
    label.tabIndex = 0;
    label.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            label.click();
        }
    });
})();

(function drawer() {
    // On a phone the side bar covers the page: it closes at a link into this page, which loads
    // nothing, and at a tap beside it.
    const sidebar = document.getElementById("mdbook-sidebar");
    const button = document.getElementById("mdbook-sidebar-toggle");
    const shown = document.getElementById("mdbook-sidebar-toggle-anchor");
    if (!sidebar || !button || !shown) {
        return;
    }
    document.addEventListener("click", function (event) {
        const at = event.target;
        if (!(at instanceof Element) || !shown.checked || window.innerWidth > 620
            || button.contains(at) || at === shown) {
            return;
        }
        const link = at.closest("a[href]");
        const here = link && link.hash !== "" && link.pathname === location.pathname;
        if (here || !sidebar.contains(at)) {
            shown.click();
        }
    });
})();

(function scrollable() {
    // What scrolls can be scrolled with the keys, once it can have the focus; and a listing shows at
    // its edge that there is more of it.
    function more(part) {
        const left = part.scrollWidth - part.clientWidth - part.scrollLeft;
        part.parentElement.classList.toggle("has-more", left > 1);
    }
    function reach(part) {
        if (part.scrollWidth > part.clientWidth) {
            part.tabIndex = 0;
        }
        if (part.matches("code")) {
            more(part);
        }
    }
    const parts = document.querySelectorAll("main pre > code, main .table-wrapper");
    // A listing in a fold has no width until it is opened: the observer sees that too.
    const sizes = new ResizeObserver(function (changed) {
        changed.forEach(function (entry) { reach(entry.target); });
    });
    parts.forEach(function (part) {
        sizes.observe(part);
        if (part.matches("code")) {
            part.addEventListener("scroll", function () { more(part); }, { passive: true });
        }
    });
})();

(function cards() {
    // On a phone a row of a table becomes a card, whose parts need the names of their columns.
    document.querySelectorAll("main .table-wrapper table:not(.bridge table)").forEach(function (table) {
        const names = Array.from(table.querySelectorAll("thead th"), function (name) {
            return name.textContent.trim();
        });
        if (names.length < 3) {
            return;
        }
        table.classList.add("cards");
        // A table that is laid out as blocks is none to a screen reader, unless its parts say so.
        table.setAttribute("role", "table");
        table.querySelectorAll("tr").forEach(function (row) {
            row.setAttribute("role", "row");
            row.querySelectorAll("th").forEach(function (name) {
                name.setAttribute("role", "columnheader");
            });
            row.querySelectorAll("td").forEach(function (cell, column) {
                cell.setAttribute("role", "cell");
                if (column > 0 && names[column]) {
                    cell.dataset.column = names[column];
                }
            });
        });
        table.querySelectorAll("thead, tbody").forEach(function (part) {
            part.setAttribute("role", "rowgroup");
        });
    });
})();

(function arrowKeys() {
    // Left and right turn the page, unless they mean something where the focus is.
    const own = "input, textarea, select, summary, pre, [tabindex='0'], [contenteditable]";
    window.addEventListener("keydown", function (event) {
        const arrow = event.key === "ArrowLeft" || event.key === "ArrowRight";
        if (arrow && event.target instanceof Element && event.target.closest(own)) {
            event.stopPropagation();
        }
    }, true);
})();

(function quizzes() {
    // An arrow key selects each option in passing, and tells none of the answers: a click, the space
    // bar or Enter does. Noted at the window, since an arrow key comes no further than that.
    let passing = false;
    window.addEventListener("pointerdown", function () { passing = false; }, true);
    window.addEventListener("keydown", function (event) {
        passing = event.key.startsWith("Arrow");
    }, true);

    document.querySelectorAll(".quiz").forEach(function (quiz) {
        const status = document.createElement("p");
        status.className = "quiz-status";
        status.setAttribute("role", "status");
        quiz.append(status);

        function answer(option) {
            const right = option.dataset.is === "right";
            quiz.classList.add("quiz-answered");
            quiz.querySelectorAll(".quiz-option").forEach(function (other) {
                other.querySelector("details").open = other === option;
            });
            status.classList.toggle("quiz-right", right);
            status.classList.toggle("quiz-wrong", !right);
            status.textContent = right
                ? "✓ Right. The reason is below the option."
                : "✗ Not so. The reason is below the option; choose again.";
        }

        quiz.addEventListener("keydown", function (event) {
            const option = event.target.closest(".quiz-option");
            const chosen = option && option.querySelector("input:checked") === event.target;
            if (chosen && (event.key === "Enter" || event.key === " ")) {
                event.preventDefault();
                answer(option);
            }
        });
        quiz.addEventListener("change", function (event) {
            const option = event.target.closest(".quiz-option");
            if (!option) {
                return;
            }
            if (!passing) {
                answer(option);
                return;
            }
            status.classList.remove("quiz-right", "quiz-wrong");
            status.textContent = "Press Enter to choose this answer.";
        });
    });
})();

(function folds() {
    // A link may lead into what is folded: it opens, all around it too.
    function open() {
        let id = location.hash.slice(1);
        try {
            id = decodeURIComponent(id);
        } catch {
            // Then it is no id of ours.
        }
        const target = id && document.getElementById(id);
        const folded = target && target.closest("details:not([open])");
        if (!folded) {
            return;
        }
        for (let at = folded; at; at = at.parentElement.closest("details")) {
            at.open = true;
        }
        target.scrollIntoView();
    }
    open();
    window.addEventListener("hashchange", open);
    document.addEventListener("click", function (event) {
        // The same link once more changes no address.
        const link = event.target instanceof Element && event.target.closest("a[href^='#']");
        if (link && link.hash === location.hash) {
            open();
        }
    });
})();

(function marks() {
    // What a search has found is marked, in folds as well: these open. The marks come when the index
    // has been loaded.
    if (!new URLSearchParams(location.search).has("highlight")) {
        return;
    }
    function open() {
        document.querySelectorAll("main details:not([open]):has(mark)").forEach(function (part) {
            part.open = true;
        });
    }
    open();
    new MutationObserver(open).observe(document.querySelector("main"), { childList: true, subtree: true });
})();

(function printing() {
    // Paper has nothing to click: what is folded is opened, and folded again afterwards.
    let opened = [];
    window.addEventListener("beforeprint", function () {
        opened = Array.from(document.querySelectorAll("main details:not([open])"));
        opened.forEach(function (part) { part.open = true; });
    });
    window.addEventListener("afterprint", function () {
        opened.forEach(function (part) { part.open = false; });
        opened = [];
    });
})();
