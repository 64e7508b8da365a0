//! The `cargo workbook` command. All of it is in the library; see [`workbook::commands::cli`].

fn main() -> std::process::ExitCode {
    workbook::commands::cli::main()
}
