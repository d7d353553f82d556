/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.cdcspring.samples.ledger;

/**
 * What one batch showed about delivery; kept with the batch, in its transaction.
 *
 * @param applied events applied, repeated ones included
 * @param read those of them that a snapshot read
 * @param duplicates events that had been applied before
 * @param backwards events older than the one before them on the same key, with no restart
 * in between: an error of delivery
 * @param rolledBack events of transactions that were rolled back: an error of delivery
 */
record Tally(int applied, int read, int duplicates, int backwards, int rolledBack) {

}
