//! The last thing that was read from a text. Reading is pure, so remembering it changes nothing but the time it takes.

use std::sync::{Mutex, PoisonError};

/// One text and what was read from it.
pub(crate) struct Last<T>(Mutex<Option<(String, T)>>);

impl<T: Clone> Last<T> {
    pub(crate) const fn new() -> Last<T> {
        Last(Mutex::new(None))
    }

    /// What `read` makes of `text`; it is asked only where the text is another than the last.
    ///
    /// # Errors
    /// Those of `read`, which are not remembered.
    pub(crate) fn of<E>(&self, text: String, read: impl FnOnce(&str) -> Result<T, E>) -> Result<T, E> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, made)) = &*last
            && *known == text
        {
            return Ok(made.clone());
        }
        let made = read(&text)?;
        *last = Some((text, made.clone()));
        Ok(made)
    }
}
