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

package io.github.cdcspring.offset;

import java.util.Optional;

/**
 * What an instance gets that takes over a position.
 *
 * @param epoch the number that this instance gives with every save, higher than that of
 * every instance before
 * @param offset the position as it is stored now, empty if there is none
 * @since 0.1.0
 */
public record OffsetTakeover(long epoch, Optional<StoredOffset> offset) {

}
