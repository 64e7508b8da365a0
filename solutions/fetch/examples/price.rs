//! A complete program around one request. It wants a service on port 8080.

#[derive(serde::Deserialize)]
struct Product {
    name: String,
    cents: u32,
}

#[tokio::main]
async fn main() -> Result<(), reqwest::Error> {
    let client = reqwest::Client::new();
    let url = "http://127.0.0.1:8080/v1/products/AB7";
    // Each `.await` waits, and leaves the thread to other tasks meanwhile.
    let response = client.get(url).send().await?.error_for_status()?;
    let product: Product = response.json().await?;
    println!("{} costs {} cents", product.name, product.cents);
    Ok(())
}
