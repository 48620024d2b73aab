// Light on a surface: Lambert and GGX for every light, a sky above and a ground below for the rest.
#ifndef LIB_LIGHT_GLSL
#define LIB_LIGHT_GLSL

#include "lib/image.glsl"
#include "lib/material.glsl"

// 3x3 texels, each weighted by where the point lies among them: four gathers of four comparisons.
float shadow_at(vec3 position, vec3 normal)
{
    const vec4 projected = image.shadow_from_view * vec4(position + normal * image.range[3], 1);
    const vec3 p = projected.xyz / projected.w;
    if (any(greaterThan(abs(p - 0.5), vec3(0.5))))
        return 1;
    const float texel = image.range[2];
    const vec2 at = p.xy / texel - 0.5;
    const vec2 f = fract(at);
    const vec2 corner = floor(at) * texel; // where four texels meet
    const vec4 a = textureGather(shadow_map, corner, p.z);
    const vec4 b = textureGather(shadow_map, corner + vec2(2 * texel, 0), p.z);
    const vec4 c = textureGather(shadow_map, corner + vec2(0, 2 * texel), p.z);
    const vec4 d = textureGather(shadow_map, corner + vec2(2 * texel, 2 * texel), p.z);
    // Columns weigh 1 - f, 1, 1, f; so do rows. A gather's x, y are its lower row, w, z its upper.
    const vec4 column = vec4(1 - f.x, 1, 1, f.x);
    const vec4 row0 = vec4(a.wz, b.wz), row1 = vec4(a.xy, b.xy);
    const vec4 row2 = vec4(c.wz, d.wz), row3 = vec4(c.xy, d.xy);
    return dot(column, row0 * (1 - f.y) + row1 + row2 + row3 * f.y) / 9;
}

vec3 light_surface(vec3 position, vec3 n, vec3 base, bool shadowed)
{
    const vec3 v = -normalize(position);
    const float nv = max(dot(n, v), 1e-3);
    const float rough = max(material.roughness * material.roughness, 2e-3), rough2 = rough * rough;
    const vec3 diffuse = base * (1 - material.metallic);
    const vec3 f0 = mix(vec3(0.04), base, material.metallic);

    // The rest of the world: brighter above than below, mirrored as far as roughness lets it.
    const vec3 around = mix(image.ground.rgb, image.ambient.rgb, dot(n, image.up.xyz) * 0.5 + 0.5);
    const vec3 mirrored = mix(image.ground.rgb, image.ambient.rgb, dot(reflect(-v, n), image.up.xyz) * 0.5 + 0.5);
    const float grazing = 1 - nv, grazing2 = grazing * grazing;
    const vec3 fresnel = f0 + (max(vec3(1 - material.roughness), f0) - f0) * (grazing2 * grazing2 * grazing);
    vec3 lit = material.emissive.rgb + diffuse * around + fresnel * mirrored;

    // Once, before the loop: the CPU driver runs through what a branch skips.
    const float shadow = shadowed ? shadow_at(position, n) : 1;
    const int count = int(image.up.w);
    for (int i = 0; i < count; i++) {
        const Light light = image.lights[i];
        vec3 l = -light.direction.xyz;
        float reach = 1;
        if (light.position.w != 0) {
            const vec3 toward = light.position.xyz - position;
            const float square = max(dot(toward, toward), 1e-4);
            l = toward * inversesqrt(square);
            const float window = clamp(1 - square * square * light.direction.w, 0, 1);
            const float cone = clamp(light.cone.x * -dot(l, light.direction.xyz) + light.cone.y, 0, 1);
            reach = window * window * cone * cone / square;
        }
        const float nl = dot(n, l);
        if (nl <= 0 || reach <= 0)
            continue;
        reach *= light.color.w != 0 ? shadow : 1;
        const vec3 h = normalize(l + v);
        const float nh = clamp(dot(n, h), 0, 1), lh = clamp(dot(l, h), 0, 1);
        const float d = nh * nh * (rough2 - 1) + 1;
        const float lobe = rough2 / (d * d) * 0.5 / mix(2 * nl * nv, nl + nv, rough);
        const float away = 1 - lh, away2 = away * away;
        const vec3 f = f0 + (1 - f0) * (away2 * away2 * away);
        lit += (diffuse * (1 - f) + f * lobe) * light.color.rgb * (nl * reach);
    }
    return lit;
}

#endif
