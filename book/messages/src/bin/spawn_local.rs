use std::rc::Rc;

#[tokio::main]
async fn main() {
    let name = Rc::new("Ada");
    let task = tokio::task::spawn_local(async move { println!("{name}") });
    task.await.expect("no panic");
}
