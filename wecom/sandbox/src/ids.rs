//! Ids and tokens that look random and are the same on every run.

/// The next number of a SplitMix64 sequence.
pub(crate) fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *seed;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Where ids come from.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    seed: u64,
    count: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Ids { seed, count: 0 }
    }

    /// Letters and digits.
    pub(crate) fn text(&mut self, len: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..len)
            .map(|_| char::from(LETTERS[(next(&mut self.seed) % LETTERS.len() as u64) as usize]))
            .collect()
    }

    /// Random bytes.
    pub(crate) fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| next(&mut self.seed).to_le_bytes()[0]).collect()
    }

    /// 1, 2, 3 …
    pub(crate) fn count(&mut self) -> u64 {
        self.count += 1;
        self.count
    }
}
