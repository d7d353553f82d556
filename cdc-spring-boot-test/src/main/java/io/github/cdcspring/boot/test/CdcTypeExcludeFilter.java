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

package io.github.cdcspring.boot.test;

import java.io.IOException;
import java.util.Set;

import io.github.cdcspring.CdcListener;
import io.github.cdcspring.CdcListenerInterceptor;
import io.github.cdcspring.CdcListeners;
import io.github.cdcspring.offset.OffsetStore;

import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;
import org.springframework.core.convert.converter.Converter;
import org.springframework.core.convert.converter.ConverterFactory;
import org.springframework.core.convert.converter.GenericConverter;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/**
 * Excludes the components that {@link CdcTest} does not include.
 */
class CdcTypeExcludeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<CdcTest> {

	private static final Set<Class<?>> INCLUDES = Set.of(CdcListenerInterceptor.class, OffsetStore.class,
			Converter.class, ConverterFactory.class, GenericConverter.class);

	CdcTypeExcludeFilter(Class<?> testClass) {
		super(testClass);
	}

	@Override
	protected Set<Class<?>> getKnownIncludes() {
		return INCLUDES;
	}

	@Override
	protected boolean defaultInclude(MetadataReader metadataReader, MetadataReaderFactory metadataReaderFactory)
			throws IOException {
		return super.defaultInclude(metadataReader, metadataReaderFactory)
				|| hasListeners(metadataReader.getAnnotationMetadata(), metadataReaderFactory);
	}

	/** A class inherits the listeners of its superclasses and interfaces. */
	private static boolean hasListeners(AnnotationMetadata type, MetadataReaderFactory readers) throws IOException {
		if (type.hasAnnotatedMethods(CdcListener.class.getName())
				|| type.hasAnnotatedMethods(CdcListeners.class.getName())) {
			return true;
		}
		String superclass = type.getSuperClassName();
		if (superclass != null && !superclass.startsWith("java.")
				&& hasListeners(readers.getMetadataReader(superclass).getAnnotationMetadata(), readers)) {
			return true;
		}
		for (String implemented : type.getInterfaceNames()) {
			if (!implemented.startsWith("java.")
					&& hasListeners(readers.getMetadataReader(implemented).getAnnotationMetadata(), readers)) {
				return true;
			}
		}
		return false;
	}

}
