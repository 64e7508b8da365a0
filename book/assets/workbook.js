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

(function scrollable() {
    // What scrolls can be scrolled with the keys, once it can have the focus.
    function reach() {
        document.querySelectorAll("main pre > code, main .table-wrapper").forEach(function (part) {
            if (part.scrollWidth > part.clientWidth) {
                part.tabIndex = 0;
            }
        });
    }
    reach();
    window.addEventListener("resize", reach);
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
    document.querySelectorAll(".quiz").forEach(function (quiz) {
        const status = document.createElement("p");
        status.className = "quiz-status";
        status.setAttribute("role", "status");
        quiz.append(status);
        quiz.addEventListener("change", function (event) {
            const chosen = event.target.closest(".quiz-option");
            if (!chosen) {
                return;
            }
            const right = chosen.dataset.is === "right";
            quiz.classList.add("quiz-answered");
            quiz.querySelectorAll(".quiz-option").forEach(function (option) {
                option.querySelector("details").open = option === chosen;
            });
            status.classList.toggle("quiz-right", right);
            status.classList.toggle("quiz-wrong", !right);
            status.textContent = right
                ? "✓ Right. The reason is below the option."
                : "✗ Not so. The reason is below the option; choose again.";
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
