//! The server as an editor meets it: real messages over pipes.

#[cfg(test)]
#[path = "main"]
mod tests {
    mod agreement;
    mod client;
    mod commands;
    mod dice;
    mod edits;
    mod greetings;
    mod malformed;
    mod renaming;
    mod secrets;
    mod sync;
}
