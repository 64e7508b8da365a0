//! Compiling the Rust that stands in the book by hand: fences marked `rust,std-only`.

use crate::problem::{Problem, Problems};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;
use workbook::pages::markdown::{self, Fence};
use workbook::pages::page;
use workbook::pages::problem::{Mistake, Trouble};

/// Compiles each such fence of the pages in `src` as edition 2024, and gives their number.
pub fn check(src: &Path) -> Result<usize> {
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    let (mut count, mut problems) = (0, Vec::new());
    for file in page::files(src)? {
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        for fence in markdown::parse(&text).fences {
            if fence.is_rust() && fence.is_std_only() {
                count += 1;
                problems.extend(compile(&fence, &file, folder.path())?);
            }
        }
    }
    if problems.is_empty() { Ok(count) } else { bail!(Problems(problems)) }
}

fn compile(fence: &Fence, file: &Path, folder: &Path) -> Result<Option<Problem>> {
    let code = program(&fence.code);
    let source = folder.join("fence.rs");
    std::fs::write(&source, &code)?;
    let kind = if code.contains("fn main(") { "bin" } else { "lib" };
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--edition", "2024", "--emit", "metadata", "--crate-name", "fence"])
        .args(["--crate-type", kind, "--allow", "unused", "--out-dir"])
        .arg(folder)
        .arg(&source)
        .output()
        .context("rustc cannot be started")?;
    if output.status.success() {
        return Ok(None);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let trouble = Trouble::new(
        format!("this Rust does not compile:\n{}", said.trim_end()),
        "mend it; code that needs more than the standard library belongs in a checked file",
    );
    let mistake = Mistake { line: fence.line, trouble };
    Ok(Some(Problem { file: file.display().to_string(), mistake }))
}

/// What rustc is given: hidden lines shown, and statements put into a `main`.
fn program(code: &str) -> String {
    let shown: Vec<&str> = code
        .lines()
        .map(|line| match line.trim_start() {
            "#" => "",
            hidden => hidden.strip_prefix("# ").unwrap_or(line),
        })
        .collect();
    let code = shown.join("\n");
    if syn::parse_file(&code).is_ok() { code } else { format!("fn main() {{\n{code}\n}}\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(page: &str) -> Result<usize> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("page.md"), page).expect("a page");
        check(folder.path())
    }

    #[test]
    fn items_statements_and_hidden_lines_compile() {
        let page = "```rust,std-only\nasync fn a() {}\n```\n\n```rust,std-only\n# let a = 1;\nlet b = a + 1;\n```\n\n```text\nx\n```\n";
        assert_eq!(checked(page).expect("all compile"), 2);
    }

    #[test]
    fn what_does_not_compile_is_told_with_its_line() {
        let error = checked("x\n\n```rust,std-only\nfn a() -> u32 { \"\" }\n```\n")
            .expect_err("a type error");
        let said = error.to_string();
        assert!(said.contains("page.md:3: this Rust does not compile:\nerror[E0308]"), "{said}");
    }
}
