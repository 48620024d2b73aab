// From lit to seen: tone mapping. The target encodes to sRGB.
#version 460

layout(set = 0, binding = 0) uniform sampler2D lit;

layout(location = 0) out vec4 color;

// Khronos' PBR Neutral without its toe: colours stay what they are up to 0.8, brighter ones bend toward white.
vec3 tone_map(vec3 c)
{
    const float start = 0.8, peak = max(c.r, max(c.g, c.b));
    if (peak <= start)
        return c;
    const float bent = 1 - (1 - start) * (1 - start) / (peak + 1 - 2 * start);
    const float pale = 1 - 1 / (0.15 * (peak - bent) + 1);
    return mix(c * (bent / peak), vec3(bent), pale);
}

void main()
{
    const vec4 c = texelFetch(lit, ivec2(gl_FragCoord.xy), 0);
    color = vec4(tone_map(c.rgb), c.a);
}
