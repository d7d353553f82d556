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

package io.github.cdcspring.starter;

import java.util.Scanner;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.Operation;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The smallest application, which has only the starter.
 */
@SpringBootApplication
@SuppressWarnings("checkstyle:RegexpSinglelineJava")
public class PlainApplication {

	/**
	 * Run until {@code stop} is read.
	 * @param args the properties
	 */
	public static void main(String[] args) {
		try (ConfigurableApplicationContext context = SpringApplication.run(PlainApplication.class, args)) {
			Scanner orders = new Scanner(System.in);
			while (orders.hasNextLine() && !"stop".equals(orders.nextLine())) {
				continue;
			}
		}
		System.out.println("END true");
	}

	@CdcListener("plain")
	void on(Row row, Operation operation) {
		System.out.println("EVENT " + operation + " " + row.id() + " " + row.item());
	}

	record Row(int id, String item) {

	}

}
