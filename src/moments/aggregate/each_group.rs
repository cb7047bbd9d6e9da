//! The groups of an aggregate, each by itself.

use super::aggregate::Aggregate;

impl Aggregate {
    /// The aggregate of each group by itself, in order; rows without a group are in none.
    pub fn each_group(&self) -> Vec<(String, Self)> {
        let mut all: Vec<(String, Self)> = Vec::new();
        for part in &self.parts {
            let Some(group) = &part.group else { continue };
            match all.last_mut() {
                Some((last, own)) if last == group => own.parts.push(part.clone()),
                _ => {
                    let (schema, plan, sources) =
                        (self.schema.clone(), self.plan.clone(), self.sources.clone());
                    all.push((group.clone(), Self { schema, plan, sources, parts: vec![part.clone()] }));
                }
            }
        }
        all
    }
}
