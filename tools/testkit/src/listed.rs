//! Names in a sentence.

/// The names, or the first eight where there are more: a fact is one line.
///
/// ```
/// use testkit::listed;
///
/// assert_eq!(listed(["store", "audit"]), "store, audit");
/// assert_eq!(listed([""; 0]), "none");
/// assert_eq!(listed((1..=10).map(|n| n.to_string())), "1, 2, 3, 4, 5, 6, 7, 8 and 2 more");
/// ```
pub fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let names: Vec<S> = names.into_iter().collect();
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_at_checked(8) {
        Some((first, rest)) if !rest.is_empty() => {
            format!("{} and {} more", first.join(", "), rest.len())
        }
        _ if names.is_empty() => "none".to_owned(),
        _ => names.join(", "),
    }
}
