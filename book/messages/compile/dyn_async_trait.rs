trait Mailer {
    async fn send(&self, text: &str);
}

fn pick(mailers: &[Box<dyn Mailer>]) -> &dyn Mailer {
    &*mailers[0]
}

fn main() {
    pick(&[]);
}
