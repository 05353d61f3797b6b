//! The server as an editor meets it: real messages over pipes.

#[cfg(test)]
#[path = "main"]
mod tests {
    mod client;
    mod greetings;
    mod sync;
}
