//! The memory that argon2 fills, kept from one hash to the next.

use std::sync::{Mutex, MutexGuard};

use argon2::Block;

/// So many are kept at most, however many were in use at once.
const MOST_KEPT: usize = 4;
/// One that is larger was for somebody else's hash, and goes: 64 MiB.
const LARGEST_KEPT: usize = 64 << 10;

static KEPT: Kept = Kept::new();

/// Runs a hash with so many blocks of memory, of 1 KiB each. They are not empty.
///
/// Memory that comes new from the system is mapped page by page while it is filled, which costs a third
/// of the hash.
pub(super) fn with<T>(blocks: usize, hash: impl FnOnce(&mut [Block]) -> T) -> T {
    KEPT.with(blocks, hash)
}

/// What is in it says no more than freed memory does: a hash ends with what the database has. And each
/// writes over all that it reads.
struct Kept(Mutex<Vec<Vec<Block>>>);

impl Kept {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    fn with<T>(&self, blocks: usize, hash: impl FnOnce(&mut [Block]) -> T) -> T {
        let mut memory = self.lock().pop().unwrap_or_default();
        if memory.len() < blocks {
            // Not grown: that would copy what is of no use.
            memory = Vec::new();
            memory.resize(blocks, Block::default());
        }
        let done = hash(&mut memory[..blocks]);
        let mut kept = self.lock();
        if kept.len() < MOST_KEPT && memory.len() <= LARGEST_KEPT {
            kept.push(memory);
        }
        done
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.0.lock().expect("no holder of the lock panics")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(kept: &Kept, blocks: usize) -> (*const Block, usize) {
        kept.with(blocks, |memory| (memory.as_ptr(), memory.len()))
    }

    #[test]
    fn the_next_hash_has_the_memory_of_the_one_before() {
        let kept = Kept::new();
        let (first, _) = place(&kept, 100);

        assert_eq!(place(&kept, 100), (first, 100));
        assert_eq!(place(&kept, 8), (first, 8), "a smaller one has a part of it");
        assert_eq!(place(&kept, 200).1, 200, "a larger one gets what it needs");
        assert_eq!(kept.lock().len(), 1);
    }

    #[test]
    fn two_at_once_share_nothing() {
        let kept = Kept::new();

        let (outer, inner) = kept.with(8, |outer| (outer.as_ptr(), place(&kept, 8).0));

        assert_ne!(outer, inner);
        assert_eq!(kept.lock().len(), 2);
    }

    #[test]
    fn no_more_is_kept_than_usual_hashes_need() {
        fn nested(kept: &Kept, depth: usize) {
            kept.with(8, |_| {
                if depth > 1 {
                    nested(kept, depth - 1);
                }
            });
        }
        let kept = Kept::new();

        nested(&kept, MOST_KEPT + 3);
        assert_eq!(kept.lock().len(), MOST_KEPT);

        let kept = Kept::new();
        place(&kept, LARGEST_KEPT + 1);
        assert_eq!(kept.lock().len(), 0);
    }
}
