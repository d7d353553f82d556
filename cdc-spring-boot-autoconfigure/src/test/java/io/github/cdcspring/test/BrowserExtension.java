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

package io.github.cdcspring.test;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A browser for the tests of a class, which are skipped if the machine has none.
 */
public final class BrowserExtension implements BeforeAllCallback, AfterAllCallback {

	private @Nullable Browser browser;

	@Override
	public void beforeAll(ExtensionContext context) {
		assumeTrue(Browser.program().isPresent(), "There is no Chromium here");
		this.browser = Browser.start();
	}

	@Override
	public void afterAll(ExtensionContext context) {
		if (this.browser != null) {
			this.browser.close();
		}
	}

	/**
	 * Open a tab.
	 */
	public BrowserTab open(int width, int height) {
		if (this.browser == null) {
			throw new IllegalStateException("The browser has not been started");
		}
		return this.browser.open(width, height);
	}

}
