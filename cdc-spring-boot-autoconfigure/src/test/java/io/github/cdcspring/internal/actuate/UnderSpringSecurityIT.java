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

package io.github.cdcspring.internal.actuate;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

import io.github.cdcspring.engine.EngineState;
import io.github.cdcspring.test.BrowserExtension;
import io.github.cdcspring.test.BrowserTab;
import io.github.cdcspring.test.TestApplication;
import io.github.cdcspring.testsupport.PostgresTest;
import io.github.cdcspring.testsupport.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.csrf.CsrfWebFilter;
import org.springframework.security.web.server.util.matcher.AndServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.NegatedServerWebExchangeMatcher;
import org.springframework.security.web.server.util.matcher.ServerWebExchangeMatcher;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.springframework.security.config.Customizer.withDefaults;

/**
 * The endpoints in an application that protects its actuator with Spring Security.
 */
@PostgresTest
@ExtendWith(OutputCaptureExtension.class)
class UnderSpringSecurityIT {

	private static final String[] GUARDED = StringUtils.concatenateStringArrays(ActuatorClient.EXPOSED,
			new String[] { TestApplication.SPRING_SECURITY, "cdc.listener.on-failure=park",
					"management.endpoint.cdc.access=unrestricted", "management.endpoint.cdcparked.access=unrestricted",
					"logging.level.io.github.cdcspring=INFO" });

	private final HttpClient client = HttpClient.newHttpClient();

	@BeforeEach
	void createTable(TestDatabase database) {
		database.execute("CREATE TABLE numbers (id int PRIMARY KEY)");
	}

	@Test
	void rejectsUnauthorizedReaders(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Guarded.class, GUARDED)) {
			for (String path : List.of("cdc", "cdc/default", "cdc/page/page.js", "cdc/page/page.css", "cdcparked",
					"cdcparked/default")) {
				for (String accept : List.of("application/json", "*/*", "text/html,*/*;q=0.8")) {
					assertThat(get(application, path, null, accept).statusCode()).as(path).isEqualTo(401);
					HttpResponse<String> forbidden = get(application, path, "reader", accept);
					assertThat(forbidden.statusCode()).as(path).isEqualTo(403);
					assertThat(forbidden.body()).doesNotContain("slot", "default-src");
				}
			}
			assertThat(get(application, "cdc", "operator", "*/*").body()).startsWith("{\"engines\":{\"default\":");
			assertThat(get(application, "cdc", "operator", "text/html").body()).contains("<!DOCTYPE html>");
			assertThat(get(application, "cdc/page/page.js", "operator", "*/*").statusCode()).isEqualTo(200);
			assertThat(get(application, "cdcparked", "operator", "*/*").body()).isEqualTo("{\"default\":0}");
			assertThat(get(application, "health", null, "*/*").statusCode()).isEqualTo(401);
		}
	}

	@Test
	void operationsNeedTheCsrfToken(TestDatabase database) {
		try (TestApplication application = TestApplication.run(database, Guarded.class, GUARDED)) {
			for (String path : List.of("loggers/some", "cdc/default/pause", "cdcparked/default")) {
				assertThat(post(application, path, "operator").statusCode()).as(path).isEqualTo(403);
			}
			assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void operationsNeedTheRoleAndTheLogNamesTheUser(String web, TestDatabase database, CapturedOutput output) {
		Class<?> configuration = "servlet".equals(web) ? Operated.class : ReactiveOperated.class;
		try (TestApplication application = TestApplication.run(database, configuration,
				StringUtils.addStringToArray(GUARDED, "spring.main.web-application-type=" + web))) {
			assertThat(get(application, "cdc", "reader", "*/*").statusCode()).isEqualTo(200);
			assertThat(get(application, "cdcparked", "reader", "*/*").statusCode()).isEqualTo(200);
			for (String path : List.of("cdc/default/pause", "cdcparked/default")) {
				assertThat(post(application, path, null).statusCode()).as(path).isEqualTo(401);
				assertThat(post(application, path, "reader").statusCode()).as(path).isEqualTo(403);
			}
			assertThat(application.engine().status().state()).isEqualTo(EngineState.RUNNING);
			assertThat(post(application, "cdcparked/default", "operator").statusCode()).isEqualTo(400);
			assertThat(post(application, "cdc/default/pause", "operator").statusCode()).isEqualTo(200);
			assertThat(application.engine().status().state()).isEqualTo(EngineState.PAUSED);
			assertThat(output).contains("Operation 'pause' on engine 'default', requested by 'operator'");
		}
	}

	private HttpResponse<String> get(TestApplication application, String path, @Nullable String user, String accept) {
		return send(request(application, path, user).header("Accept", accept));
	}

	private HttpResponse<String> post(TestApplication application, String path, @Nullable String user) {
		return send(request(application, path, user).header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{}")));
	}

	private static HttpRequest.Builder request(TestApplication application, String path, @Nullable String user) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + host(application) + path));
		if (user != null) {
			request.header("Authorization", "Basic "
					+ Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.US_ASCII)));
		}
		return request;
	}

	private static String host(TestApplication application) {
		return "localhost:" + application.bean(Environment.class).getProperty("local.server.port") + "/actuator/";
	}

	private HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return this.client.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The page, in a browser.
	 */
	@Nested
	class InABrowser {

		@RegisterExtension
		static final BrowserExtension browser = new BrowserExtension();

		@Test
		void worksUnderTheHeadersOfSpringSecurityAndAStrictPolicy(TestDatabase database) {
			try (TestApplication application = TestApplication.run(database, Guarded.class, GUARDED);
					BrowserTab tab = browser.open(1200, 900)) {
				HttpResponse<String> page = get(application, "cdc", "operator", "text/html");
				assertThat(page.headers().firstValue("Content-Security-Policy")).hasValue(Guarded.POLICY);
				assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
				assertThat(page.headers().firstValue("X-Frame-Options")).hasValue("DENY");
				tab.go("http://operator:secret@" + host(application) + "cdc");
				await().untilAsserted(() -> {
					assertThat(tab.text("#state")).isEqualTo("RUNNING");
					assertThat(tab.evaluate("document.querySelector('#link').classList[1]")).isEqualTo("live");
					assertThat(tab.text("[data-label='slot'] .lsn")).contains("/");
				});
				assertThat(tab.evaluate("getComputedStyle(document.querySelector('.card')).borderRadius"))
					.isNotEqualTo("0px");
				assertThat(tab.complaints()).isEmpty();
			}
		}

	}

	@Nested
	class OperatedFromABrowser {

		@RegisterExtension
		static final BrowserExtension browser = new BrowserExtension();

		@ParameterizedTest
		@ValueSource(classes = { Guarded.class, WithCookie.class, ForScripts.class })
		void sendsTheTokenWhereverItIsKept(Class<?> configuration, TestDatabase database) {
			try (TestApplication application = TestApplication.run(database, configuration, GUARDED)) {
				operate(application, host(application) + "cdc");
			}
		}

		@ParameterizedTest
		@ValueSource(strings = { "servlet", "reactive" })
		void sendsTheTokenToAManagementPort(String web, TestDatabase database) {
			Class<?> configuration = "servlet".equals(web) ? Guarded.class : Reactive.class;
			try (TestApplication application = TestApplication.run(database, configuration,
					StringUtils.concatenateStringArrays(GUARDED,
							new String[] { "spring.main.web-application-type=" + web, "management.server.port=0",
									"management.server.base-path=/management",
									"management.endpoints.web.base-path=/operations",
									"management.endpoints.web.path-mapping.cdc=streams/positions" }))) {
				operate(application,
						"localhost:" + application.bean(Environment.class).getProperty("local.management.port")
								+ "/management/operations/streams/positions");
			}
		}

		private void operate(TestApplication application, String page) {
			try (BrowserTab tab = browser.open(1200, 900)) {
				tab.go("http://operator:secret@" + page);
				await().untilAsserted(() -> assertThat(tab.text("[data-operation=pause]")).isEqualTo("Pause"));
				tab.click("[data-operation=pause]");
				tab.click("#dialog-confirm");
				await().untilAsserted(() -> assertThat(tab.text("#outcome")).startsWith("Paused."));
				assertThat(application.engine().status().state()).isEqualTo(EngineState.PAUSED);
			}
		}

	}

	/**
	 * One rule for all endpoints, and otherwise Spring Security's defaults.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Guarded {

		static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
				+ "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
				+ "require-trusted-types-for 'script'";

		@Bean
		Numbers numbers() {
			return new Numbers();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("operator").password("{noop}secret").roles("OPERATOR").build(),
					User.withUsername("reader").password("{noop}secret").roles("READER").build());
		}

		@Bean
		SecurityFilterChain actuator(HttpSecurity http) throws Exception {
			return http.securityMatcher(EndpointRequest.toAnyEndpoint())
				.authorizeHttpRequests((requests) -> requests.anyRequest().hasRole("OPERATOR"))
				.httpBasic(withDefaults())
				.csrf(this::csrf)
				.headers((headers) -> headers.contentSecurityPolicy((policy) -> policy.policyDirectives(POLICY)))
				.build();
		}

		void csrf(CsrfConfigurer<HttpSecurity> csrf) {
		}

	}

	/**
	 * The token is in a cookie, and masked.
	 */
	@Configuration(proxyBeanMethods = false)
	static class WithCookie extends Guarded {

		@Override
		void csrf(CsrfConfigurer<HttpSecurity> csrf) {
			csrf.csrfTokenRepository(CookieCsrfTokenRepository.withHttpOnlyFalse());
		}

	}

	/**
	 * As Spring Security recommends for applications whose pages are scripts: the token
	 * is in a cookie, and scripts send it as it is.
	 */
	@Configuration(proxyBeanMethods = false)
	static class ForScripts extends Guarded {

		@Override
		void csrf(CsrfConfigurer<HttpSecurity> csrf) {
			csrf.spa();
		}

	}

	/**
	 * The same rule over WebFlux.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Reactive {

		@Bean
		Numbers numbers() {
			return new Numbers();
		}

		@Bean
		MapReactiveUserDetailsService users() {
			return new MapReactiveUserDetailsService(
					User.withUsername("operator").password("{noop}secret").roles("OPERATOR").build(),
					User.withUsername("reader").password("{noop}secret").roles("READER").build());
		}

		@Bean
		SecurityWebFilterChain actuator(ServerHttpSecurity http) {
			return http.authorizeExchange((exchanges) -> exchanges.anyExchange().hasRole("OPERATOR"))
				.httpBasic(withDefaults())
				.build();
		}

	}

	/**
	 * The example of docs/monitoring.md: authenticated users may read, operators may
	 * operate, and programs need no token.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Operated {

		@Bean
		Numbers numbers() {
			return new Numbers();
		}

		@Bean
		UserDetailsService users() {
			return new Guarded().users();
		}

		@Bean
		SecurityFilterChain actuator(HttpSecurity http) throws Exception {
			return http.securityMatcher(EndpointRequest.toAnyEndpoint())
				.authorizeHttpRequests((requests) -> requests.requestMatchers(HttpMethod.GET)
					.authenticated()
					.anyRequest()
					.hasRole("OPERATOR"))
				.httpBasic(withDefaults())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(EndpointRequest.to("cdc", "cdcparked")))
				.build();
		}

	}

	/**
	 * The same example over WebFlux.
	 */
	@Configuration(proxyBeanMethods = false)
	static class ReactiveOperated {

		@Bean
		Numbers numbers() {
			return new Numbers();
		}

		@Bean
		MapReactiveUserDetailsService users() {
			return new Reactive().users();
		}

		@Bean
		SecurityWebFilterChain actuator(ServerHttpSecurity http) {
			ServerWebExchangeMatcher operations = org.springframework.boot.security.autoconfigure.actuate.web.reactive.EndpointRequest
				.to("cdc", "cdcparked");
			return http
				.securityMatcher(org.springframework.boot.security.autoconfigure.actuate.web.reactive.EndpointRequest
					.toAnyEndpoint())
				.authorizeExchange((exchanges) -> exchanges.pathMatchers(HttpMethod.GET)
					.authenticated()
					.anyExchange()
					.hasRole("OPERATOR"))
				.httpBasic(withDefaults())
				.csrf((csrf) -> csrf.requireCsrfProtectionMatcher(new AndServerWebExchangeMatcher(
						CsrfWebFilter.DEFAULT_CSRF_MATCHER, new NegatedServerWebExchangeMatcher(operations))))
				.build();
		}

	}

}
