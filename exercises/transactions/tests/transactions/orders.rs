//! Orders that cannot be stored, or not with their gift.

use transactions::{GIFT, Order};

use super::shop::*;

/// An order, and what another program does before.
pub struct Case {
    pub told: &'static str,
    before: String,
    order: Order,
    pub error: &'static str,
    /// What is left of what the gift needs.
    pub left: &'static str,
}

impl Case {
    /// What another program sees before, and what comes of the order.
    pub async fn placed(&self) -> (String, Outcome) {
        let shop = Shop::open(2).await;
        assert!(shop.other_does(&self.before).await, "{}", self.before);
        let before = shop.seen().await;
        let outcome = shop.place(&Post::default(), &self.order).await;
        (before, outcome.fact(self.told))
    }
}

fn case(told: &'static str, before: &str, error: &'static str) -> Case {
    let (before, order) = (before.to_owned(), order(Some("SPRING")));
    Case { told, before, order, error, left: "calendar 3; voucher of Ada" }
}

pub fn failing() -> [Case; 7] {
    let locked = raising("ABORT", "UPDATE ON stock");
    let mut cases = [
        case("u32::MAX bolts are wanted", "", r#"NotInStock("bolt")"#),
        case("11 nuts, one by one", "", r#"NotInStock("nut")"#),
        case("the carrier does not answer", "", "NoCarrier"),
        case("0 pieces of an unknown item", "", r#"NotInStock("")"#),
        case("7 is taken", "INSERT INTO orders VALUES (7, 1)", "UNIQUE"),
        case("another writer stays", "BEGIN IMMEDIATE", "Err(Busy)"),
        case("the stock is locked away", &locked, KEPT),
    ];
    cases[0].order.lines.push(("bolt".to_owned(), u32::MAX));
    cases[1].order.lines.extend(vec![("nut".to_owned(), 1); 9]);
    cases[2].order.lines.clear();
    cases[3].order.lines.push((String::new(), 0));
    cases
}

pub fn undone() -> [Case; 4] {
    let bolts = "UPDATE ON stock WHEN old.item = 'bolt'";
    ["INSERT ON orders", bolts, "DELETE ON vouchers", GIFT_TAKEN].map(|step| {
        let trigger = raising("ROLLBACK", step);
        case("a trigger undoes the whole transaction", &trigger, "")
    })
}

const KEPT: &str = "it is kept";
const GIFT_TAKEN: &str = "UPDATE ON stock WHEN old.item = 'calendar'";

fn raising(what: &str, step: &str) -> String {
    format!(
        "CREATE TRIGGER keep BEFORE {step}
         BEGIN SELECT RAISE({what}, 'it is kept'); END"
    )
}

/// Those whose gift fails. That at 4 is for the last gift.
pub fn without_a_gift() -> [Case; 6] {
    let no_gift = r#"NotInStock("calendar")"#;
    let gifts = |n| format!("UPDATE stock SET pieces = {n} WHERE pieces = 3");
    let no_delete = raising("ABORT", "DELETE ON vouchers");
    let mut cases = [
        case("no gift is in stock", &gifts(0), no_gift),
        case("the voucher is invalid", "", "VoucherInvalid"),
        case("the voucher cannot be deleted", &no_delete, KEPT),
        case("the gift is locked away", &raising("ABORT", GIFT_TAKEN), KEPT),
        case("the order is for the last gift", &gifts(1), no_gift),
        case("the voucher is an empty text", "", "VoucherInvalid"),
    ];
    cases[0].left = "calendar 0; voucher of Ada";
    cases[1].order.voucher = Some("WINTER".to_owned());
    cases[4].order.lines = vec![(GIFT.to_owned(), 1)];
    cases[4].left = cases[0].left;
    cases[5].order.voucher = Some(String::new());
    cases
}
