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

package io.github.cdcspring.samples.orders;

import java.math.BigDecimal;

import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.PositiveOrZero;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of an order.
 */
record OrderRequest(
		@NotBlank @Size(max = 100) @Pattern(regexp = PRINTABLE,
				message = "must not contain control characters") @Nullable String customer,
		@NotBlank @Size(max = 200) @Pattern(regexp = PRINTABLE,
				message = "must not contain control characters") @Nullable String item,
		@NotNull(message = "must be given") @PositiveOrZero(message = "must not be negative") @Digits(integer = 10,
				fraction = 2,
				message = "must have at most {integer} digits before and {fraction} after the point") @Nullable BigDecimal amount) {

	private static final String PRINTABLE = "\\P{Cntrl}*";

}
