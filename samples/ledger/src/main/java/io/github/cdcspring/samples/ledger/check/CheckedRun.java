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

package io.github.cdcspring.samples.ledger.check;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;

/**
 * A run that ends with a verdict as its last line, even if it fails.
 *
 * @param resources what the run uses, closed at its end
 * @param out where the verdict is printed
 */
public record CheckedRun(Resources resources, PrintStream out) {

	/**
	 * Make the run, close its resources and print its verdict.
	 * @param check the run
	 * @return whether the mirror is equal to the source
	 */
	public boolean run(Check check) {
		Verdict verdict;
		try {
			verdict = check.run();
		}
		catch (IOException | SQLException | RuntimeException | LinkageError ex) {
			verdict = Verdict.failed(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			verdict = Verdict.failed(ex);
		}
		// Interrupted: what failed then, failed because all was ended under it
		if (!this.resources.interrupted()) {
			this.resources.close();
			this.out.println(verdict.line());
		}
		return verdict.equal();
	}

	/**
	 * Puts the application under load, and compares.
	 */
	@FunctionalInterface
	public interface Check {

		Verdict run() throws IOException, SQLException, InterruptedException;

	}

}
