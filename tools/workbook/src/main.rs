//! The `cargo workbook` command. All of it is in the library; see [`workbook::cli`].

fn main() -> std::process::ExitCode {
    workbook::cli::main()
}
