//! Whether what is written may hold more than ASCII, where it goes to a pipe or a plain terminal.

use std::env;

use crate::terminal::text;

/// The text as it can be shown: in ASCII where the locale is set to one that is not UTF-8. Where
/// none is set, UTF-8 is what nearly everybody reads.
pub fn shown(text: String) -> String {
    let value = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(value);
    if locale.is_none_or(|locale| is_utf8(&locale)) { text } else { text::ascii(&text) }
}

fn is_utf8(locale: &str) -> bool {
    let locale = locale.to_ascii_lowercase();
    // What may follow an `@` says nothing of the encoding.
    let (locale, _) = locale.split_once('@').unwrap_or((&locale, ""));
    locale.ends_with("utf-8") || locale.ends_with("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_says_whether_it_is_utf_8() {
        for locale in ["C.UTF-8", "de_DE.utf8", "en_US.UTF-8@euro"] {
            assert!(is_utf8(locale), "{locale}");
        }
        for locale in ["C", "POSIX", "de_DE.ISO-8859-1", "de_DE@euro"] {
            assert!(!is_utf8(locale), "{locale}");
        }
    }
}
